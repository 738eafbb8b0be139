// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.examples.orders;

/**
 * An order. As a message its id is the last token of the subject {@code orders.ID}, and the rest is
 * the text {@code CUSTOMER ARTICLE QUANTITY CENTS}.
 *
 * @param id tells it from all others
 * @param customer who has ordered
 * @param article what
 * @param quantity how many, from 1 on
 * @param cents for how much
 */
record Order(String id, String customer, String article, int quantity, long cents) {
  private static final int FIELDS = 4;

  /** Refuses an order of nothing. */
  Order {
    if (quantity < 1 || cents < 0) {
      throw new IllegalArgumentException("nobody orders " + quantity + " for " + cents + " cents");
    }
  }

  /** The id of the order that is a message of this subject. */
  static String idOf(String subject) {
    return subject.substring(subject.lastIndexOf('.') + 1);
  }

  /**
   * An order from its text.
   *
   * @throws IllegalArgumentException when it cannot be read, now or ever
   */
  static Order read(String id, String text) {
    String[] fields = text.split(" ");
    if (fields.length != FIELDS) {
      throw new IllegalArgumentException("an order has " + FIELDS + " fields: '" + text + "'");
    }
    return new Order(
        id, fields[0], fields[1], Integer.parseInt(fields[2]), Long.parseLong(fields[3]));
  }

  /** Its text. */
  String text() {
    return customer + " " + article + " " + quantity + " " + cents;
  }
}
