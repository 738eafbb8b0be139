// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.subject;

/** Says why two subjects make no {@link SubjectMapping}, in the words of the public server. */
public final class MappingException extends Exception {
  private static final long serialVersionUID = 1L;
  private static final String INVALID = "invalid mapping destination: ";

  private MappingException(String message) {
    super(message);
  }

  static MappingException invalidSubject() {
    return new MappingException("invalid subject");
  }

  /** Something is wrong with a token of the destination; an empty one is not named. */
  static MappingException in(String token, String what) {
    return new MappingException(INVALID + what + (token.isEmpty() ? "" : " in " + token));
  }
}
