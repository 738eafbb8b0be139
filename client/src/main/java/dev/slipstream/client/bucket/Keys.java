// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Which names buckets and keys may have, and how long things are kept. Source: ADR-8. */
final class Keys {
  private static final Pattern BUCKET = Pattern.compile("[a-zA-Z0-9_-]+");
  private static final String TOKEN = "[-/_=a-zA-Z0-9]+";
  private static final Pattern KEY = Pattern.compile(TOKEN + "(\\." + TOKEN + ")*");
  private static final Pattern SEARCH =
      Pattern.compile(">|(\\*|%1$s)(\\.(\\*|%1$s))*(\\.>)?".replace("%1$s", TOKEN));

  private Keys() {}

  static String bucket(String name) {
    return checked(BUCKET, name, "bucket: letters, digits, _ and -");
  }

  static String key(String key) {
    return checked(KEY, key, "key: letters, digits, - / _ = and dots between them");
  }

  /** A key in which a part may be {@code *}, and the last one {@code >}. */
  static String search(String keys) {
    return checked(SEARCH, keys, "key to look for: as a key, with * for a part, > at its end");
  }

  /** How long something is kept. */
  static long nanos(Duration timeToLive) {
    if (timeToLive.isNegative() || timeToLive.isZero()) {
      throw new IllegalArgumentException("not a time to live: " + timeToLive);
    }
    return TimeUnit.NANOSECONDS.convert(timeToLive);
  }

  private static String checked(Pattern pattern, String name, String rule) {
    if (!pattern.matcher(name).matches()) {
      throw new IllegalArgumentException("\"" + name + "\" is no " + rule);
    }
    return name;
  }
}
