// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.schedule;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRulesProvider;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The time zones by their names in the IANA database, as the JDK has it, told apart by case; {@code
 * Local} is that of the machine. What only Java takes for a zone, such as {@code +01:00}, is none.
 */
public final class TimeZones {
  /** Names of the database that the JDK leaves out. */
  private static final Map<String, ZoneId> OTHERS =
      Map.of(
          "UTC", ZoneOffset.UTC,
          "EST", ZoneOffset.ofHours(-5),
          "MST", ZoneOffset.ofHours(-7),
          "HST", ZoneOffset.ofHours(-10),
          "GMT+0", ZoneOffset.UTC,
          "GMT-0", ZoneOffset.UTC,
          "ROC", ZoneId.of("Asia/Taipei"));

  private TimeZones() {}

  /** The zone of that name; null when there is none. */
  public static @Nullable ZoneId of(String name) {
    ZoneId other = OTHERS.get(name);
    if (other != null) {
      return other;
    }
    if (name.equals("Local")) {
      return ZoneId.systemDefault();
    }
    boolean known =
        ZoneRulesProvider.getAvailableZoneIds().contains(name) && !name.startsWith("SystemV/");
    return known ? ZoneId.of(name) : null;
  }
}
