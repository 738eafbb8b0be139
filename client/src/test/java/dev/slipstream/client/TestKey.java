// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.util.Arrays;
import java.util.Base64;

/** A new key of an operator, an account or a user, which signs JWTs. */
final class TestKey {
  static final int OPERATOR = 14 << 3;
  static final int ACCOUNT = 0;
  static final int USER = 20 << 3;

  private final int kind;
  private final KeyPair pair;

  TestKey(int kind) throws Exception {
    this.kind = kind;
    pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
  }

  String publicKey() {
    byte[] encoded = pair.getPublic().getEncoded();
    byte[] key = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
    return withChecksum(ByteBuffer.allocate(33).put((byte) kind).put(key).array());
  }

  String seed() {
    byte[] seed = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
    int first = 18 << 3 | kind >> 5;
    int second = (kind & 31) << 3;
    return withChecksum(
        ByteBuffer.allocate(34).put((byte) first).put((byte) second).put(seed).array());
  }

  byte[] sign(byte[] data) throws Exception {
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(pair.getPrivate());
    signature.update(data);
    return signature.sign();
  }

  /** A JWT about {@code subject}, whose {@code nats} object is {@code claims}. */
  String jwt(TestKey subject, String claims) throws Exception {
    String payload =
        "{\"jti\":\"%s\",\"iat\":%d,\"iss\":\"%s\",\"name\":\"test\",\"sub\":\"%s\",\"nats\":%s}"
            .formatted(
                "X" + Math.abs(claims.hashCode()),
                System.currentTimeMillis() / 1000,
                publicKey(),
                subject.publicKey(),
                claims);
    String signed =
        base64("{\"typ\":\"JWT\",\"alg\":\"ed25519-nkey\"}".getBytes(UTF_8))
            + "."
            + base64(payload.getBytes(UTF_8));
    return signed + "." + base64(sign(signed.getBytes(UTF_8)));
  }

  private static String withChecksum(byte[] raw) {
    int crc = NkeySeed.crc16(raw, raw.length);
    return NkeySeed.encode(
        ByteBuffer.allocate(raw.length + 2)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(raw)
            .putShort((short) crc)
            .array());
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
