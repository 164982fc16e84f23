package io.zoetrope.train.latents;

import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.torch.ComputeDevice;
import io.zoetrope.torch.FileDigest;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * By what an autoencoder's latents are known again: a digest of its weights but for those of its
 * decoder, rounded to bf16, so that it is the same in whatever number form they were loaded, and of
 * how latents are normalised.
 */
public final class AutoencoderPrint {
  private static final int DIGITS = 16;

  private AutoencoderPrint() {}

  /**
   * Sixteen hex digits.
   *
   * @param weights by their names in its files
   */
  public static String of(Autoencoder autoencoder, Map<String, Tensor> weights) {
    MessageDigest digest = FileDigest.sha256();
    add(digest, autoencoder.grid() + " " + autoencoder.scaling());
    new TreeMap<>(weights)
        .forEach((name, weight) -> {
          if (!name.startsWith("decoder.") && !name.startsWith("post_quant_conv.")) {
            add(digest, name + Arrays.toString(Tensors.shape(weight)));
            digest.update(rounded(weight));
          }
        });
    return FileDigest.text(digest).substring(0, DIGITS);
  }

  private static void add(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] rounded(Tensor weight) {
    return Scopes.value(() ->
        Scopes.noGrad(() ->
            Tensors.toBytes(
                ComputeDevice.CPU.place(weight.detach()).to(ScalarType.BFloat16).contiguous())));
  }
}
