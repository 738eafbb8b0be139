// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;

/**
 * The secret of a user's key pair: Ed25519, as the text that begins with {@code SU}.
 *
 * <p>Shape: base32 without padding of two bytes that say seed and user, 32 bytes of seed, and the
 * CRC-16 of all before, low byte first. Errors never show any of it. Source: NATS NKeys.
 */
final class NkeySeed {
  private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  private static final int SEED_BYTES = 32;
  private static final int PREFIX_SEED = 18 << 3;
  private static final int PREFIX_USER = 20 << 3;

  private final byte[] seed;

  private NkeySeed(byte[] seed) {
    this.seed = seed;
  }

  /**
   * Reads a seed.
   *
   * @throws IllegalArgumentException when it is none of a user; the message says why
   */
  static NkeySeed parse(String text) {
    byte[] raw = decode(text.strip());
    if (raw.length != 2 + SEED_BYTES + 2) {
      throw new IllegalArgumentException("a seed has 58 characters");
    }
    int crc = crc16(raw, raw.length - 2);
    if ((raw[raw.length - 2] & 0xff) != (crc & 0xff) || (raw[raw.length - 1] & 0xff) != crc >> 8) {
      throw new IllegalArgumentException("the checksum of the seed is wrong: a character is");
    }
    if ((raw[0] & 0xf8) != PREFIX_SEED) {
      throw new IllegalArgumentException("not a seed: seeds begin with S");
    }
    int kind = (raw[0] & 7) << 5 | (raw[1] & 0xf8) >> 3;
    if (kind != PREFIX_USER) {
      throw new IllegalArgumentException("not the seed of a user: those begin with SU");
    }
    return new NkeySeed(Arrays.copyOfRange(raw, 2, 2 + SEED_BYTES));
  }

  /** The public key as text that begins with {@code U}. */
  String publicKey() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
    generator.initialize(NamedParameterSpec.ED25519, new Given(seed));
    KeyPair pair = generator.generateKeyPair();
    // the JDK derives a public key only for a key it generates, from 32 random bytes
    boolean same =
        pair.getPrivate() instanceof EdECPrivateKey made
            && Arrays.equals(made.getBytes().orElse(new byte[0]), seed);
    if (!same) {
      throw new GeneralSecurityException("this JDK's provider derives no key from a seed");
    }
    byte[] encoded = pair.getPublic().getEncoded();
    byte[] raw = new byte[1 + SEED_BYTES + 2];
    raw[0] = (byte) PREFIX_USER;
    System.arraycopy(encoded, encoded.length - SEED_BYTES, raw, 1, SEED_BYTES);
    int crc = crc16(raw, 1 + SEED_BYTES);
    raw[1 + SEED_BYTES] = (byte) crc;
    raw[2 + SEED_BYTES] = (byte) (crc >> 8);
    return encode(raw);
  }

  /** The signature of {@code data}, 64 bytes. */
  byte[] sign(byte[] data) throws GeneralSecurityException {
    PrivateKey key =
        KeyFactory.getInstance("Ed25519")
            .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(key);
    signature.update(data);
    return signature.sign();
  }

  @Override
  public String toString() {
    return "NkeySeed[***]";
  }

  static String encode(byte[] raw) {
    StringBuilder text = new StringBuilder();
    int bits = 0;
    int held = 0;
    for (byte next : raw) {
      held = (held << 8 | next & 0xff) & 0xffff;
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        text.append(ALPHABET.charAt(held >> bits & 31));
      }
    }
    if (bits > 0) {
      text.append(ALPHABET.charAt(held << 5 - bits & 31));
    }
    return text.toString();
  }

  private static byte[] decode(String text) {
    byte[] raw = new byte[text.length() * 5 / 8];
    int bits = 0;
    int held = 0;
    int at = 0;
    for (int i = 0; i < text.length(); i++) {
      int value = ALPHABET.indexOf(text.charAt(i));
      if (value < 0) {
        throw new IllegalArgumentException(
            "the seed has a character that is none of base32, at " + (i + 1));
      }
      held = (held << 5 | value) & 0xffff;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        raw[at++] = (byte) (held >> bits);
      }
    }
    return raw;
  }

  /** CRC-16/XMODEM. */
  static int crc16(byte[] data, int length) {
    int crc = 0;
    for (int i = 0; i < length; i++) {
      crc ^= (data[i] & 0xff) << 8;
      for (int bit = 0; bit < 8; bit++) {
        crc = ((crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1) & 0xffff;
      }
    }
    return crc;
  }

  /** Gives a generator of keys the bytes of a seed instead of random ones. */
  private static final class Given extends SecureRandom {
    private static final long serialVersionUID = 1L;

    private final transient byte[] bytes;

    Given(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public void nextBytes(byte[] to) {
      System.arraycopy(bytes, 0, to, 0, Math.min(bytes.length, to.length));
    }
  }
}
