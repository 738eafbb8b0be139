// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.json;

import java.util.Arrays;

/**
 * Where in a document the reader stands, in the terms of the public server's error texts: the type
 * of the innermost object, and the names of the fields on the way to it.
 *
 * <p>Arrays and maps leave no trace in it, as in Go.
 */
final class JsonPath {
  private String[] types = new String[8];
  private String[] fields = new String[8];
  private String[] embedded = new String[8];
  private int depth;

  void push(String type) {
    if (depth == types.length) {
      types = Arrays.copyOf(types, depth * 2);
      fields = Arrays.copyOf(fields, depth * 2);
      embedded = Arrays.copyOf(embedded, depth * 2);
    }
    types[depth] = type;
    fields[depth] = "";
    embedded[depth] = "";
    depth++;
  }

  void pop() {
    depth--;
  }

  void field(String name) {
    fields[depth - 1] = name;
  }

  /** Sets the type that the public server embeds in the innermost object; empty for none. */
  void embed(String type) {
    embedded[depth - 1] = type;
  }

  /** The words between what was found and the name of the wanted type. */
  String where() {
    if (depth == 0) {
      return " into Go value of type ";
    }
    StringBuilder out = new StringBuilder(" into Go struct field ").append(types[depth - 1]);
    for (int i = 0; i < depth; i++) {
      if (!embedded[i].isEmpty()) {
        out.append('.').append(embedded[i]);
      }
      out.append('.').append(fields[i]);
    }
    return out.append(" of type ").toString();
  }
}
