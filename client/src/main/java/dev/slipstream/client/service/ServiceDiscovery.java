// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.service;

import dev.slipstream.client.Message;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.NoRespondersException;
import dev.slipstream.client.Replies;
import dev.slipstream.client.RequestMany;
import dev.slipstream.protocol.json.JsonException;
import dev.slipstream.protocol.json.JsonReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Asks which services there are, what they offer and what they have done.
 *
 * <p>How many instances there are nobody knows: a question for several ends by its rules, normally
 * 500 ms after the last answer, at the latest after 5 s; where nobody is, at once. Answers that are
 * not readable are left out. Immutable and thread-safe; calls block the caller. Source: ADR-32.
 */
public final class ServiceDiscovery {
  private static final System.Logger LOG = System.getLogger(ServiceDiscovery.class.getName());

  private static final RequestMany RULES =
      RequestMany.within(Duration.ofSeconds(5)).stall(Duration.ofMillis(500));

  private final NatsClient client;
  private final RequestMany rules;

  private ServiceDiscovery(NatsClient client, RequestMany rules) {
    this.client = client;
    this.rules = rules;
  }

  /** Asks through a client. */
  public static ServiceDiscovery of(NatsClient client) {
    return new ServiceDiscovery(client, RULES);
  }

  /** With other rules for when all have answered. */
  public ServiceDiscovery rules(RequestMany newRules) {
    return new ServiceDiscovery(client, newRules);
  }

  /** All instances of all services. */
  public List<ServiceIdentity> ping() {
    return all(ServiceVerb.PING.subject(), ServiceIdentity::read);
  }

  /** All instances of a service. */
  public List<ServiceIdentity> ping(String name) {
    return all(ServiceVerb.PING.subject(name), ServiceIdentity::read);
  }

  /** One instance, if it is there. */
  public Optional<ServiceIdentity> ping(String name, String id) {
    return one(ServiceVerb.PING.subject(name, id), ServiceIdentity::read);
  }

  /** What all instances of all services offer. */
  public List<ServiceInfo> info() {
    return all(ServiceVerb.INFO.subject(), ServiceInfo::read);
  }

  /** What all instances of a service offer. */
  public List<ServiceInfo> info(String name) {
    return all(ServiceVerb.INFO.subject(name), ServiceInfo::read);
  }

  /** What one instance offers, if it is there. */
  public Optional<ServiceInfo> info(String name, String id) {
    return one(ServiceVerb.INFO.subject(name, id), ServiceInfo::read);
  }

  /** What all instances of all services have done. */
  public List<ServiceStats> stats() {
    return all(ServiceVerb.STATS.subject(), ServiceStats::read);
  }

  /** What all instances of a service have done. */
  public List<ServiceStats> stats(String name) {
    return all(ServiceVerb.STATS.subject(name), ServiceStats::read);
  }

  /** What one instance has done, if it is there. */
  public Optional<ServiceStats> stats(String name, String id) {
    return one(ServiceVerb.STATS.subject(name, id), ServiceStats::read);
  }

  private <T> Optional<T> one(String subject, Function<JsonReader, T> reading) {
    return ask(subject, rules.most(1), reading).stream().findFirst();
  }

  private <T> List<T> all(String subject, Function<JsonReader, T> reading) {
    return ask(subject, rules, reading);
  }

  private <T> List<T> ask(String subject, RequestMany until, Function<JsonReader, T> reading) {
    List<T> found = new ArrayList<>();
    try (Replies replies = client.requestMany(subject, null, until)) {
      for (Message reply : replies) {
        read(reply, reading).ifPresent(found::add);
      }
    } catch (NoRespondersException nobody) {
      return List.of();
    }
    return found;
  }

  private static <T> Optional<T> read(Message reply, Function<JsonReader, T> reading) {
    if (reply.payload().length == 0 || ServiceError.of(reply).isPresent()) {
      return Optional.empty();
    }
    try {
      return Optional.of(reading.apply(JsonReader.of(reply.payload())));
    } catch (JsonException broken) {
      LOG.log(System.Logger.Level.DEBUG, "an answer of a service is not readable", broken);
      return Optional.empty();
    }
  }
}
