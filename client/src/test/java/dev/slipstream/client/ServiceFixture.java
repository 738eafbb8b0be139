// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.service.EndpointStats;
import dev.slipstream.client.service.ServiceConfig;
import dev.slipstream.client.service.ServiceHandler;
import dev.slipstream.client.service.ServiceStats;

/** What tests of services ask and look at. */
abstract class ServiceFixture extends ClientFixture {
  static final ServiceHandler ECHO = request -> request.respond(request.payload());

  ServiceConfig config() {
    return ServiceConfig.of(name, "1.2.3");
  }

  Message ask(String subject, String text) {
    return nc.request(subject, text.getBytes(UTF_8));
  }

  String json(String subject) {
    return ask(subject, "").text();
  }

  static EndpointStats only(ServiceStats stats) {
    assertThat(stats.endpoints()).hasSize(1);
    return stats.endpoints().get(0);
  }
}
