package io.zoetrope.server.http;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import okhttp3.Dns;

/**
 * Resolves names to addresses of the public network and to no others. The connection is made to the
 * very addresses that were looked at, so a name that points elsewhere a moment later gains nothing.
 */
public final class PublicDns implements Dns {
  private final Dns names;

  /** Asks these for names. */
  public PublicDns(Dns names) {
    this.names = names;
  }

  @Override
  public List<InetAddress> lookup(String host) throws UnknownHostException {
    List<InetAddress> all = names.lookup(host);
    for (InetAddress address : all) {
      if (!isPublic(address)) {
        throw new UnknownHostException(host + " is no host of the public network");
      }
    }
    return all;
  }

  /** Whether it is reached over the public network, and nothing of this house is. */
  public static boolean isPublic(InetAddress address) {
    if (address.isAnyLocalAddress()
        || address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isMulticastAddress()) {
      return false;
    }
    byte[] b = address.getAddress();
    return address instanceof Inet4Address ? isPublic4(b, 0) : isPublic6(b);
  }

  private static boolean isPublic4(byte[] b, int at) {
    int first = b[at] & 0xff;
    int second = b[at + 1] & 0xff;
    int third = b[at + 2] & 0xff;
    return switch (first) {
      case 0, 10, 127 -> false;
      case 100 -> second < 64 || second > 127; // shared by providers
      case 169 -> second != 254;
      case 172 -> second < 16 || second > 31;
      case 192 ->
          second != 168
              && !(second == 0 && (third == 0 || third == 2))
              && !(second == 88 && third == 99);
      case 198 -> second != 18 && second != 19 && !(second == 51 && third == 100);
      case 203 -> !(second == 0 && third == 113);
      default -> first < 224;
    };
  }

  private static boolean isPublic6(byte[] b) {
    int first = (b[0] & 0xff) << 8 | b[1] & 0xff;
    int second = (b[2] & 0xff) << 8 | b[3] & 0xff;
    if ((first & 0xe000) != 0x2000) {
      // Only 2000::/3 is given out: this leaves out ::ffff:0:0/96, 64:ff9b::/96, fc00::/7,
      // fe80::/10.
      return false;
    }
    if (first == 0x2002) {
      return isPublic4(b, 2); // 6to4 carries an address of IPv4
    }
    return first != 0x2001 || (second > 0x1ff && second != 0xdb8);
  }
}
