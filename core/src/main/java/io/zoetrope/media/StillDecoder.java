package io.zoetrope.media;

import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;

/** Decodes still pictures, each from the bytes of a file of its own, to 8-bit RGBA. */
final class StillDecoder implements AutoCloseable {
  private final AVCodecContext decoder;
  private final AVPacket packet;
  private final AVFrame decoded;

  /** Takes the pixels of a picture, rows from top to bottom. */
  interface Taker {
    void take(byte[] rgba, int width, int height);
  }

  /**
   * @param name FFmpeg's of the format
   */
  StillDecoder(String name) {
    Ffmpeg.load();
    AVCodec codec = Ffmpeg.checkAlloc(avcodec.avcodec_find_decoder_by_name(name));
    decoder = Ffmpeg.checkAlloc(avcodec.avcodec_alloc_context3(codec));
    Ffmpeg.bound(decoder);
    decoder.thread_count(1);
    Ffmpeg.check(avcodec.avcodec_open2(decoder, codec, (AVDictionary) null), "open " + name);
    packet = Ffmpeg.checkAlloc(avcodec.av_packet_alloc());
    decoded = Ffmpeg.checkAlloc(avutil.av_frame_alloc());
  }

  /** Decodes one; whether that was possible. */
  boolean decode(byte[] file, Taker to) {
    try (PointerScope scope = new PointerScope()) {
      Ffmpeg.check(avcodec.av_new_packet(packet, file.length), "make room for a picture");
      packet.data().put(file);
      int sent = avcodec.avcodec_send_packet(decoder, packet);
      avcodec.av_packet_unref(packet);
      if (sent < 0 || avcodec.avcodec_receive_frame(decoder, decoded) < 0) {
        return false;
      }
      convert(to);
      avutil.av_frame_unref(decoded);
      return true;
    }
  }

  private void convert(Taker to) {
    int width = decoded.width();
    int height = decoded.height();
    int format = avutil.AV_PIX_FMT_RGBA;
    AVFrame rgba = Ffmpeg.frame(format, width, height);
    try (PixelConverter converter =
        new PixelConverter(
            width,
            height,
            FrameConverter.colour(decoded),
            width,
            height,
            PixelConverter.Colour.rgb(format))) {
      converter.convert(decoded, rgba);
      byte[] pixels = new byte[width * height * 4];
      BytePointer data = rgba.data(0);
      for (int y = 0; y < height; y++) {
        data.position((long) y * rgba.linesize(0)).get(pixels, y * width * 4, width * 4);
      }
      to.take(pixels, width, height);
    } finally {
      avutil.av_frame_free(rgba);
    }
  }

  @Override
  public void close() {
    avcodec.avcodec_free_context(decoder);
    avcodec.av_packet_free(packet);
    avutil.av_frame_free(decoded);
  }
}
