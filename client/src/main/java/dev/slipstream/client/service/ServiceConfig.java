// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.service;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a service is. Immutable; its names are checked when it is started.
 *
 * @param name letters, digits, dashes and underscores
 * @param version by semver.org
 * @param description what it is for; may be empty
 * @param metadata what {@code PING}, {@code INFO} and {@code STATS} tell of it
 * @param queueGroup for the endpoints that name none themselves; empty for none
 * @param endpoints what it is started with
 */
public record ServiceConfig(
    String name,
    String version,
    String description,
    Map<String, String> metadata,
    String queueGroup,
    List<Endpoint> endpoints) {
  /** The queue group, unless said otherwise. */
  public static final String DEFAULT_QUEUE_GROUP = "q";

  /** Keeps copies. */
  public ServiceConfig {
    metadata = Map.copyOf(metadata);
    endpoints = List.copyOf(endpoints);
  }

  /** A service without endpoints. */
  public static ServiceConfig of(String name, String version) {
    return new ServiceConfig(name, version, "", Map.of(), DEFAULT_QUEUE_GROUP, List.of());
  }

  /** With what it is for. */
  public ServiceConfig description(String text) {
    return new ServiceConfig(name, version, text, metadata, queueGroup, endpoints);
  }

  /** With what it carries along. */
  public ServiceConfig metadata(Map<String, String> pairs) {
    return new ServiceConfig(name, version, description, pairs, queueGroup, endpoints);
  }

  /** With another queue group. */
  public ServiceConfig queueGroup(String newQueueGroup) {
    return new ServiceConfig(name, version, description, metadata, newQueueGroup, endpoints);
  }

  /** Without a queue group: each instance of the service gets each request. */
  public ServiceConfig withoutQueueGroup() {
    return queueGroup("");
  }

  /** With one more endpoint. */
  public ServiceConfig endpoint(Endpoint endpoint) {
    List<Endpoint> more = new ArrayList<>(endpoints);
    more.add(endpoint);
    return new ServiceConfig(name, version, description, metadata, queueGroup, more);
  }
}
