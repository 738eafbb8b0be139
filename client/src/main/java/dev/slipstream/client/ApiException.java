// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;

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
    ApiErrors known = ApiErrors.byErrCode(error.errCode());
    if (known == null) {
      return new ApiException(error);
    }
    return switch (known) {
      case STREAM_NOT_FOUND -> new StreamNotFoundException(error);
      case CONSUMER_NOT_FOUND -> new ConsumerNotFoundException(error);
      case STREAM_NAME_EXIST -> new StreamNameInUseException(error);
      case CONSUMER_NAME_EXIST, CONSUMER_ALREADY_EXISTS -> new ConsumerExistsException(error);
      case STREAM_WRONG_LAST_SEQUENCE, STREAM_WRONG_LAST_SEQUENCE_CONSTANT ->
          new WrongLastSequenceException(error);
      case NO_MESSAGE_FOUND, SEQUENCE_NOT_FOUND -> new MessageNotFoundException(error);
      case NOT_ENABLED_FOR_ACCOUNT, NOT_ENABLED -> new JetStreamDisabledException(error);
      case ATOMIC_PUBLISH_DISABLED,
          ATOMIC_PUBLISH_MISSING_SEQ,
          ATOMIC_PUBLISH_INCOMPLETE_BATCH,
          ATOMIC_PUBLISH_UNSUPPORTED_HEADER_BATCH,
          ATOMIC_PUBLISH_INVALID_BATCH_ID,
          ATOMIC_PUBLISH_TOO_LARGE_BATCH,
          ATOMIC_PUBLISH_INVALID_BATCH_COMMIT,
          ATOMIC_PUBLISH_CONTAINS_DUPLICATE_MESSAGE,
          ATOMIC_PUBLISH_TOO_MANY_INFLIGHT ->
          new BatchRefusedException(error);
      default -> new ApiException(error);
    };
  }
}
