// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

/** What the body of an API request is, before anything is read from it. */
public final class RequestBody {
  private RequestBody() {}

  /** Whether the body asks for nothing: no bytes, or an object without fields. */
  public static boolean isEmpty(byte[] body, int offset, int length) {
    int to = offset + length;
    int opens = next(body, offset, to);
    int closes = next(body, opens + 1, to);
    return length == 0
        || closes < to
            && body[opens] == '{'
            && body[closes] == '}'
            && next(body, closes + 1, to) == to;
  }

  /**
   * Whether the body begins like an object or an array; requests whose body is optional pass over
   * any other.
   */
  public static boolean isJson(byte[] body, int offset, int length) {
    int first = next(body, offset, offset + length);
    return first < offset + length && (body[first] == '{' || body[first] == '[');
  }

  /** The index of the first byte that is no white space; at least {@code to} when there is none. */
  private static int next(byte[] body, int from, int to) {
    int at = from;
    while (at < to && " \t\n\r".indexOf(body[at]) >= 0) {
      at++;
    }
    return at;
  }
}
