package example;

import static org.mockito.Answers.RETURNS_SELF;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.zoetrope.studio.Format;
import io.zoetrope.studio.Order;
import io.zoetrope.studio.Zoetrope;
import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.Test;

/** Needs no model and no natives. */
class VideoControllerTest {
  @Test
  void asksForWhatTheRequestSays() throws Exception {
    Order.Generate order = mock(Order.Generate.class, RETURNS_SELF);
    Zoetrope model = mock(Zoetrope.class);
    when(model.generate("a red ball")).thenReturn(order);

    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new VideoController(model).video("a red ball", 7, 4).getBody().writeTo(out);

    verify(order).seed(7);
    verify(order).steps(4);
    verify(order).to(out, Format.MP4);
  }
}
