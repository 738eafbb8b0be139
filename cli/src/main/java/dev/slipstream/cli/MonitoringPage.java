// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

/**
 * What a monitoring request is answered with.
 *
 * @param status the HTTP status
 * @param json the body
 */
record MonitoringPage(int status, String json) {
  static MonitoringPage of(String json) {
    return new MonitoringPage(200, json);
  }
}
