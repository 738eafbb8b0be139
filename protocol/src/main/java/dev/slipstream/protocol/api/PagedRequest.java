// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;

/**
 * The request of the lists: {@code STREAM.NAMES}, {@code STREAM.LIST}, {@code CONSUMER.NAMES} and
 * {@code CONSUMER.LIST}.
 *
 * @param offset how many entries to leave out
 * @param subject only streams that store it; empty for all, and for consumers
 */
public record PagedRequest(int offset, String subject) {

  /** Reads the request of {@code STREAM.NAMES}. */
  public static PagedRequest read(JsonReader in) {
    return read(in, "JSApiStreamNamesRequest", true);
  }

  /** Reads the request of {@code STREAM.LIST}. */
  public static PagedRequest readStreamList(JsonReader in) {
    return read(in, "JSApiStreamListRequest", true);
  }

  /**
   * Reads the request of {@code CONSUMER.NAMES} or {@code CONSUMER.LIST}, which know no subject.
   */
  public static PagedRequest readConsumers(JsonReader in) {
    return read(in, "JSApiConsumersRequest", false);
  }

  private static PagedRequest read(JsonReader in, String goType, boolean withSubject) {
    int[] offset = {0};
    String[] subject = {""};
    in.object(
        goType,
        (field, value) -> {
          if (withSubject && field.equals("subject")) {
            subject[0] = value.string();
            return true;
          }
          return value.embedded(
              "ApiPagedRequest",
              field,
              (name, number) -> {
                if (name.equals("offset")) {
                  offset[0] = number.intValue();
                  return true;
                }
                return false;
              });
        });
    return new PagedRequest(offset[0], subject[0]);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    out.object().field("offset", offset).fieldIf("subject", subject).end();
  }
}
