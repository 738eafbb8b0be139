// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.regex.Pattern;

/**
 * A password or token as configured, which can only be compared: plain text, or a bcrypt hash.
 *
 * <p>Immutable and thread-safe. A plain comparison takes a time that does not depend on where the
 * texts differ. A bcrypt comparison is slow on purpose ({@link #isHashed}: tens to hundreds of
 * milliseconds of CPU); do not run it on an event loop. Never printed.
 */
public final class PasswordCheck {

  private static final Pattern BCRYPT = Pattern.compile("\\$2[abxy]\\$\\d{2}\\$.*");

  private final byte[] configured;
  private final boolean hashed;

  private PasswordCheck(String configured) {
    this.configured = configured.getBytes(StandardCharsets.UTF_8);
    this.hashed = BCRYPT.matcher(configured).matches();
  }

  /** The check for a value of the configuration; text that looks like bcrypt is taken as such. */
  public static PasswordCheck of(String configured) {
    return new PasswordCheck(configured);
  }

  /** Whether the configuration holds a hash, so that comparing costs much CPU. */
  public boolean isHashed() {
    return hashed;
  }

  /** Whether the configuration holds the password as it is, be it empty; worth a warning. */
  public boolean isPlainText() {
    return !hashed;
  }

  /** Whether {@code offered} is the password. */
  public boolean matches(String offered) {
    return matches(offered.getBytes(StandardCharsets.UTF_8));
  }

  /** Whether {@code offered}, in UTF-8, is the password. */
  public boolean matches(byte[] offered) {
    if (!hashed) {
      return MessageDigest.isEqual(configured, offered);
    }
    // Only the first 72 bytes of a password enter bcrypt; others that hash do not refuse more.
    return BCrypt.verifyer(
            BCrypt.Version.VERSION_2A, LongPasswordStrategies.truncate(BCrypt.Version.VERSION_2A))
        .verify(offered, configured)
        .verified;
  }

  @Override
  public String toString() {
    return hashed ? "[bcrypt]" : "[redacted]";
  }
}
