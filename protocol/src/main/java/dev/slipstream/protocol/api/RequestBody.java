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
    if (!isJson(body, offset, length)) {
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
    for (int i = offset; i < offset + length; i++) {
      if (" \t\n\r".indexOf(body[i]) < 0) {
        return body[i] == '{' || body[i] == '[';
      }
    }
    return false;
  }
}
