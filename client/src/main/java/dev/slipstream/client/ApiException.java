// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.ApiError;

/**
 * The server refused a JetStream request. Decide by the subtype or {@link #errCode}, never by the
 * text.
 */
public class ApiException extends JetStreamException {
  private static final long serialVersionUID = 1L;

  private final int code;
  private final int errCode;
  private final String description;

  /** A refusal. */
  public ApiException(ApiError error) {
    super(error.description() + " (" + error.errCode() + ")");
    code = error.code();
    errCode = error.errCode();
    description = error.description();
  }

  /** The kind of error, in the manner of HTTP. */
  public int code() {
    return code;
  }

  /** What exactly is wrong. */
  public int errCode() {
    return errCode;
  }

  /** The server's text. */
  public String description() {
    return description;
  }

  /** The exception for an error, of the subtype for its code. */
  static ApiException of(ApiError error) {
    return switch (error.errCode()) {
      case 10059 -> new StreamNotFoundException(error);
      case 10014 -> new ConsumerNotFoundException(error);
      case 10058 -> new StreamNameInUseException(error);
      case 10013, 10148 -> new ConsumerExistsException(error);
      case 10071, 10164 -> new WrongLastSequenceException(error);
      case 10037 -> new MessageNotFoundException(error);
      case 10039, 10076 -> new JetStreamDisabledException(error);
      default -> new ApiException(error);
    };
  }
}
