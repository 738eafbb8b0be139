// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.service;

import java.util.List;

/** What every service is asked beside its own subjects. Source: ADR-32. */
enum ServiceVerb {
  PING,
  INFO,
  STATS;

  private static final String PREFIX = "$SRV.";

  /** The subject for all services. */
  String subject() {
    return PREFIX + name();
  }

  /** The subject for all instances of a service. */
  String subject(String service) {
    return subject() + "." + service;
  }

  /** The subject for one instance. */
  String subject(String service, String id) {
    return subject(service) + "." + id;
  }

  /** All that one instance hears. */
  List<String> subjects(String service, String id) {
    return List.of(subject(), subject(service), subject(service, id));
  }
}
