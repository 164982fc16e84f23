package io.zoetrope.media;

import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.global.avcodec;

/** How one container takes text: at the moment of writing that suits it, so that frames stay. */
interface TextCarrier {
  /** For what has nothing to say. */
  TextCarrier NONE = new TextCarrier() {};

  /** Before the header is written. */
  default void begin(AVFormatContext muxer) {}

  /** Before the first packet is written. */
  default void first(AVPacket packet) {}

  /** After the file was written and closed. */
  default void end(Path file) throws IOException {}

  /** Tags that the muxer writes itself. */
  record Tags(VideoMetadata metadata) implements TextCarrier {
    @Override
    public void begin(AVFormatContext muxer) {
      if (!metadata.isEmpty()) {
        Ffmpeg.setTags(muxer, metadata);
      }
    }
  }

  /** The muxer of GIF knows no comments; but the first packet begins with the file's own header. */
  record Comments(VideoMetadata metadata) implements TextCarrier {
    @Override
    public void first(AVPacket packet) {
      if (metadata.isEmpty()) {
        return;
      }
      byte[] data = new byte[packet.size()];
      packet.data().get(data);
      byte[] more = GifComments.inserted(data, metadata);
      AVPacket other = Ffmpeg.checkAlloc(avcodec.av_packet_alloc());
      try {
        Ffmpeg.check(avcodec.av_new_packet(other, more.length), "make room for comments");
        Ffmpeg.check(avcodec.av_packet_copy_props(other, packet), "copy a packet");
        other.data().put(more);
        avcodec.av_packet_unref(packet);
        avcodec.av_packet_move_ref(packet, other);
      } finally {
        avcodec.av_packet_free(other);
      }
    }
  }

  /** The muxer of WebP knows no texts; they stand behind the frames. */
  record Xmp(VideoMetadata metadata) implements TextCarrier {
    @Override
    public void end(Path file) throws IOException {
      if (!metadata.isEmpty()) {
        WebpXmp.add(file, metadata);
      }
    }
  }
}
