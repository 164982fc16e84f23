package io.zoetrope.server.http;

import io.javalin.http.Context;
import java.io.IOException;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.BufferUtil;

/**
 * Whether a caller that waits for a long answer is still there. Its connection carries nothing
 * after this request.
 */
public final class HangUp {
  private final EndPoint end;

  private HangUp(EndPoint end) {
    this.end = end;
  }

  /** Of a request whose body was read. */
  public static HangUp of(Context ctx) {
    ctx.header("Connection", "close");
    return new HangUp(
        ServletContextRequest.getServletContextRequest(ctx.req())
            .getConnectionMetaData()
            .getConnection()
            .getEndPoint());
  }

  /** Whether it has gone. */
  public boolean gone() {
    try {
      return !end.isOpen() || end.fill(BufferUtil.allocate(1)) < 0;
    } catch (IOException e) {
      return true;
    }
  }
}
