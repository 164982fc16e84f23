package io.zoetrope.media;

import java.io.EOFException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * Texts as XMP (ISO 16684-1): title, comment and software under the names that other programs look
 * for, the rest in a name space of its own.
 */
final class XmpPacket {
  private static final String OWN = "urn:zoetrope:metadata";
  private static final String RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
  private static final String DUBLIN_CORE = "http://purl.org/dc/elements/1.1/";
  private static final String XMP = "http://ns.adobe.com/xap/1.0/";

  /** Names of properties that are not the keys themselves. */
  private static final Map<String, String> KEYS =
      Map.of("description", VideoMetadata.COMMENT, "CreatorTool", VideoMetadata.SOFTWARE);

  private XmpPacket() {}

  static byte[] write(VideoMetadata metadata) {
    StringBuilder out = new StringBuilder();
    out.append("<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n")
        .append("<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"")
        .append(RDF)
        .append("\">\n<rdf:Description rdf:about=\"\" xmlns:dc=\"")
        .append(DUBLIN_CORE)
        .append("\" xmlns:xmp=\"")
        .append(XMP)
        .append("\" xmlns:zoetrope=\"")
        .append(OWN)
        .append("\">\n");
    metadata
        .entries()
        .forEach((key, text) -> {
          switch (key) {
            case VideoMetadata.TITLE -> alternatives(out, "dc:title", text);
            case VideoMetadata.COMMENT -> alternatives(out, "dc:description", text);
            case VideoMetadata.SOFTWARE -> property(out, "xmp:CreatorTool", text);
            default -> property(out, "zoetrope:" + key, text);
          }
        });
    out.append("</rdf:Description>\n</rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>");
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void property(StringBuilder out, String name, String text) {
    out.append('<').append(name).append('>');
    escape(out, text);
    out.append("</").append(name).append(">\n");
  }

  /** A text that could stand in several languages. */
  private static void alternatives(StringBuilder out, String name, String text) {
    out.append('<').append(name).append("><rdf:Alt><rdf:li xml:lang=\"x-default\">");
    escape(out, text);
    out.append("</rdf:li></rdf:Alt></").append(name).append(">\n");
  }

  private static void escape(StringBuilder out, String text) {
    text.chars()
        .forEach(c -> {
          switch (c) {
            case '&' -> out.append("&amp;");
            case '<' -> out.append("&lt;");
            case '>' -> out.append("&gt;");
            case '\r' -> out.append("&#13;"); // else it would be read as a line feed
            default -> out.append((char) c);
          }
        });
  }

  /**
   * Takes every simple property, and the first text of one that holds several.
   *
   * @throws EOFException if this is no XML
   */
  static void read(byte[] packet, MetadataReader out) throws EOFException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    try {
      // As text: about bytes that are none, the parser would complain on stderr.
      String text = MetadataReader.text(packet);
      XMLStreamReader in = factory.createXMLStreamReader(new StringReader(text));
      while (in.hasNext()) {
        if (in.next() == XMLStreamConstants.START_ELEMENT && isDescription(in)) {
          properties(in, out);
        }
      }
    } catch (XMLStreamException e) {
      throw new EOFException();
    }
  }

  private static boolean isDescription(XMLStreamReader in) {
    return in.getLocalName().equals("Description") && RDF.equals(in.getNamespaceURI());
  }

  private static void properties(XMLStreamReader in, MetadataReader out) throws XMLStreamException {
    for (int i = 0; i < in.getAttributeCount(); i++) {
      if (!RDF.equals(in.getAttributeNamespace(i))) {
        String key = key(in.getAttributeNamespace(i), in.getAttributeLocalName(i));
        out.put(key, in.getAttributeValue(i));
      }
    }
    String key = "";
    StringBuilder text = new StringBuilder();
    boolean leaf = false;
    int depth = 0;
    while (depth >= 0) {
      switch (in.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          key = depth++ == 0 ? key(in.getNamespaceURI(), in.getLocalName()) : key;
          text.setLength(0);
          leaf = true;
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.SPACE, XMLStreamConstants.CDATA ->
            text.append(in.getText());
        case XMLStreamConstants.END_ELEMENT -> {
          if (leaf && depth > 0) {
            out.put(key, text.toString());
          }
          leaf = false;
          depth--;
        }
        default -> {}
      }
    }
  }

  private static String key(@Nullable String space, String name) {
    return OWN.equals(space) ? name : KEYS.getOrDefault(name, name);
  }
}
