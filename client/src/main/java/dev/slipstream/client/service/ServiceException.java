// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.service;

import dev.slipstream.client.NatsException;

/**
 * A service refused a request. A handler that throws it answers with its error; {@link
 * ServiceError#check} throws it for who asked.
 */
public class ServiceException extends NatsException {
  private static final long serialVersionUID = 1L;

  private final transient ServiceError error;

  /** A refusal. */
  public ServiceException(ServiceError error) {
    super(error.toString());
    this.error = error;
  }

  /** A refusal with a code in the manner of HTTP. */
  public ServiceException(int code, String description) {
    this(new ServiceError(Integer.toString(code), description));
  }

  /** What is wrong. */
  public ServiceError error() {
    return error;
  }
}
