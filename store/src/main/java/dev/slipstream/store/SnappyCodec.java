// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.io.IOException;
import java.lang.System.Logger;
import org.xerial.snappy.Snappy;
import org.xerial.snappy.SnappyError;

/**
 * Bytes in Snappy's raw format, and back, by the native library of snappy-java.
 *
 * <p>The library is unpacked and loaded with the first use, so that a store without compression
 * never does it. Where that fails (no folder for temporary files that allows it, no library for
 * this machine), nothing is compressed any more, and what is compressed is read by the {@link
 * S2Decoder}. Stateless, any thread.
 */
public final class SnappyCodec {
  private static final Logger LOG = System.getLogger(SnappyCodec.class.getName());

  private SnappyCodec() {}

  /** Its initialization loads the library. */
  private static final class Native {
    static final boolean IS_LOADED = load();

    private static boolean load() {
      try {
        return Snappy.maxCompressedLength(1) > 0;
      } catch (LinkageError | SnappyError failure) {
        LOG.log(
            Logger.Level.WARNING,
            "blocks are stored uncompressed: the native library of snappy-java cannot be loaded;"
                + " -Dorg.xerial.snappy.tempdir names a folder to unpack it into",
            failure);
        return false;
      }
    }
  }

  /** The most bytes that so many bytes become. */
  public static int mostBytes(int bytes) {
    return 32 + bytes + bytes / 6;
  }

  /**
   * Compresses {@code length} bytes into an array that has room for {@link #mostBytes} of them.
   *
   * @return how many bytes they became; as many as they were when the library cannot be loaded, and
   *     then nothing was written
   */
  public static int compress(byte[] from, int at, int length, byte[] into, int intoAt) {
    if (!Native.IS_LOADED) {
      return length;
    }
    try {
      return Snappy.compress(from, at, length, into, intoAt);
    } catch (IOException impossible) {
      throw new AssertionError(impossible);
    }
  }

  /**
   * Decompresses {@code length} bytes that become exactly {@code intoLength} bytes; false when they
   * are something else, and then anything may stand in that range.
   */
  static boolean decompress(
      byte[] from, int at, int length, byte[] into, int intoAt, int intoLength) {
    if (S2Decoder.decompressedBytes(from, at, length) != intoLength) {
      return false; // the library believes what the bytes say of their length
    }
    if (!Native.IS_LOADED) {
      return S2Decoder.decode(from, at, length, into, intoAt, intoLength);
    }
    try {
      return Snappy.uncompress(from, at, length, into, intoAt) == intoLength;
    } catch (IOException invalid) {
      return false;
    }
  }
}
