// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** Digests and names of objects as they stand in a bucket. Source: ADR-20. */
final class Digests {
  private Digests() {}

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The text of a digest, which begins anew. */
  static String text(MessageDigest digest) {
    return "SHA-256=" + Base64.getUrlEncoder().encodeToString(digest.digest());
  }

  /** The token that stands for an object's name. */
  static String token(String name) {
    return Base64.getUrlEncoder().encodeToString(name.getBytes(StandardCharsets.UTF_8));
  }
}
