// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.service;

import java.util.List;

/** A service cannot be as it was described; nothing of it was sent. */
public class InvalidServiceException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  /** All that is wrong, each with the name of its field. */
  public InvalidServiceException(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  /** All that is wrong, each with the name of its field. */
  public List<String> problems() {
    return problems;
  }
}
