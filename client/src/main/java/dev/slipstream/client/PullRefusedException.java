// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

/** The server refused a pull. */
public class PullRefusedException extends JetStreamException {
  private static final long serialVersionUID = 1L;

  private final int code;
  private final String description;

  /** A refusal with the status that said it. */
  public PullRefusedException(int code, String description) {
    super("the pull was refused: " + code + " " + description);
    this.code = code;
    this.description = description;
  }

  /** The status. */
  public int code() {
    return code;
  }

  /** The server's text. */
  public String description() {
    return description;
  }
}
