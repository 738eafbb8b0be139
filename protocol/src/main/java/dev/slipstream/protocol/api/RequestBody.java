// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonException;
import dev.slipstream.protocol.json.JsonReader;

/** What the body of an API request is, before anything is read from it. */
public final class RequestBody {
  private RequestBody() {}

  /** Whether the body asks for nothing: no bytes, or an object without fields. */
  public static boolean isEmpty(byte[] body, int offset, int length) {
    if (length == 0) {
      return true;
    }
    int first = next(body, offset, offset + length);
    if (!isJson(body, offset, length) || nextIsName(body, first + 1, offset + length)) {
      return false;
    }
    boolean[] empty = {true};
    try {
      String raw = JsonReader.of(body, offset, length).raw();
      JsonReader.of(body, offset, length).object((name, value) -> empty[0] = false);
      return raw.startsWith("{") && empty[0];
    } catch (JsonException notJson) {
      return false;
    }
  }

  /**
   * Whether the body begins like an object or an array; requests whose body is optional pass over
   * any other.
   */
  public static boolean isJson(byte[] body, int offset, int length) {
    int first = next(body, offset, offset + length);
    return first < offset + length && (body[first] == '{' || body[first] == '[');
  }

  /** Whether what comes next is the name of a field, so that nothing else needs to be read. */
  private static boolean nextIsName(byte[] body, int from, int to) {
    int next = next(body, from, to);
    return next < to && body[next] == '"';
  }

  /** The index of the first byte that is no white space; {@code to} when there is none. */
  private static int next(byte[] body, int from, int to) {
    int at = from;
    while (at < to && " \t\n\r".indexOf(body[at]) >= 0) {
      at++;
    }
    return at;
  }
}
