// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

/** The levels of a log line, by weight, with their labels and colours on a terminal. */
enum LogLevel {
  TRACE("TRC", "33"),
  DEBUG("DBG", "36"),
  INFO("INF", "32"),
  WARN("WRN", "0;93"),
  ERROR("ERR", "31"),
  FATAL("FTL", "31");

  private final String plain;
  private final String coloured;

  LogLevel(String label, String colour) {
    this.plain = "[" + label + "] ";
    this.coloured = "[\u001b[" + colour + "m" + label + "\u001b[0m] ";
  }

  String label(boolean colours) {
    return colours ? coloured : plain;
  }
}
