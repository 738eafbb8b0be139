// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.service;

import dev.slipstream.protocol.subject.Subject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds all that is wrong with the names of a service, before anything of it is sent. Source:
 * ADR-32, semver.org. For one thread.
 */
final class ServiceNames {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+");
  private static final String NUMBER = "(?:0|[1-9][0-9]*)";
  private static final String WORD = "(?:" + NUMBER + "|[0-9]*[A-Za-z-][0-9A-Za-z-]*)";
  private static final String BUILD = "[0-9A-Za-z-]+";
  private static final Pattern VERSION =
      Pattern.compile(
          String.join("\\.", NUMBER, NUMBER, NUMBER)
              + ("(?:-" + dotted(WORD) + ")?")
              + ("(?:\\+" + dotted(BUILD) + ")?"));

  private final List<String> problems = new ArrayList<>();
  private final Set<List<String>> taken = new HashSet<>();

  private static String dotted(String part) {
    return part + "(?:\\." + part + ")*";
  }

  ServiceNames service(ServiceConfig config) {
    check(NAME.matcher(config.name()).matches(), "the service's name", config.name());
    check(VERSION.matcher(config.version()).matches(), "the version", config.version());
    check(isQueueGroup(config.queueGroup()), "the service's queue group", config.queueGroup());
    return this;
  }

  /** Endpoints that are there already. */
  ServiceNames present(String name, String subject) {
    taken.add(List.of(name, subject));
    return this;
  }

  ServiceNames endpoints(List<Endpoint> endpoints, String queueGroupOfService) {
    for (Endpoint each : endpoints) {
      String of = " of endpoint '" + each.name() + "'";
      String queueGroup = each.queueGroupOr(queueGroupOfService);
      check(NAME.matcher(each.name()).matches(), "the name of an endpoint", each.name());
      check(Subject.isValidFilter(each.subject()), "the subject" + of, each.subject());
      check(isQueueGroup(queueGroup), "the queue group" + of, queueGroup);
      if (!each.hasBounds()) {
        problems.add(
            "the bounds of what waits for endpoint '" + each.name() + "' are not positive");
      }
      if (!taken.add(List.of(each.name(), each.subject()))) {
        problems.add("two endpoints have the name '" + each.name() + "' and the same subject");
      }
    }
    return this;
  }

  /** Throws what was found. */
  void orThrow() {
    if (!problems.isEmpty()) {
      throw new InvalidServiceException(problems);
    }
  }

  private static boolean isQueueGroup(String name) {
    return !Subject.hasWhitespace(name);
  }

  private void check(boolean isGood, String field, String value) {
    if (!isGood) {
      problems.add(field + " is not valid: '" + value + "'");
    }
  }
}
