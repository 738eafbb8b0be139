// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.service;

import dev.slipstream.client.Message;
import dev.slipstream.protocol.wire.Headers;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a service refuses a request with: two headers of its answer. Source: ADR-32.
 *
 * @param code the kind of error, usually a number in the manner of HTTP
 * @param description what is wrong, for people; on the wire line breaks are blanks
 */
public record ServiceError(String code, String description) {
  /** The header with the description. */
  public static final String ERROR_HEADER = "Nats-Service-Error";

  /** The header with the code. */
  public static final String ERROR_CODE_HEADER = "Nats-Service-Error-Code";

  /** The code for a handler that failed. */
  static final String INTERNAL = "500";

  /** Refuses an error without code or description. */
  public ServiceError {
    if (code.isBlank() || description.isBlank()) {
      throw new IllegalArgumentException("an error of a service has a code and a description");
    }
  }

  /** The error in an answer, if it is one. */
  public static Optional<ServiceError> of(Message reply) {
    String description = reply.header(ERROR_HEADER);
    String code = reply.header(ERROR_CODE_HEADER);
    if (description == null && code == null) {
      return Optional.empty();
    }
    return Optional.of(
        new ServiceError(orElse(code, INTERNAL), orElse(description, "no description")));
  }

  private static String orElse(@Nullable String text, String otherwise) {
    return text == null || text.isBlank() ? otherwise : text;
  }

  /**
   * An answer that is none of these.
   *
   * @throws ServiceException when it is one
   */
  public static Message check(Message reply) {
    ServiceError error = of(Objects.requireNonNull(reply, "reply")).orElse(null);
    if (error != null) {
      throw new ServiceException(error);
    }
    return reply;
  }

  /** These headers and the two of the error. */
  Headers addTo(Headers headers) {
    return headers.with(ERROR_HEADER, oneLine(description)).with(ERROR_CODE_HEADER, oneLine(code));
  }

  private static String oneLine(String text) {
    return text.replace('\r', ' ').replace('\n', ' ');
  }

  /** As statistics show it. */
  @Override
  public String toString() {
    return code + ":" + description;
  }
}
