// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import java.util.random.RandomGenerator;

/**
 * Makes server ids: {@code N} and 55 characters of base 32, which is how the public key of a server
 * is written (a type byte, 32 bytes, a CRC-16). There is no private key behind ours: an id names a
 * server and proves nothing.
 */
public final class ServerId {

  private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  private static final byte SERVER_TYPE = 13 << 3;
  private static final int KEY_BYTES = 32;

  private ServerId() {}

  /** A new id. */
  public static String random(RandomGenerator random) {
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    byte[] raw = new byte[1 + KEY_BYTES + 2];
    raw[0] = SERVER_TYPE;
    System.arraycopy(key, 0, raw, 1, KEY_BYTES);
    int crc = crc16(raw, 1 + KEY_BYTES);
    raw[1 + KEY_BYTES] = (byte) crc;
    raw[2 + KEY_BYTES] = (byte) (crc >> 8);
    return base32(raw);
  }

  private static String base32(byte[] raw) {
    StringBuilder text = new StringBuilder();
    int buffer = 0;
    int bits = 0;
    for (byte b : raw) {
      buffer = buffer << 8 | b & 0xff;
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        text.append(ALPHABET.charAt(buffer >> bits & 31));
      }
    }
    return text.toString();
  }

  /** CRC-16 of XMODEM: polynomial 0x1021, no reflection, start 0. */
  static int crc16(byte[] bytes, int length) {
    int crc = 0;
    for (int i = 0; i < length; i++) {
      crc ^= (bytes[i] & 0xff) << 8;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
      }
      crc &= 0xffff;
    }
    return crc;
  }
}
