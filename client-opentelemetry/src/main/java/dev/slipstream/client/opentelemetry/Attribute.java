// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.opentelemetry;

import io.opentelemetry.api.common.AttributeKey;

/**
 * The names of attributes. Source: OpenTelemetry's semantic conventions, messaging spans; those
 * below {@code messaging.nats} are this module's own.
 */
final class Attribute {
  static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
  static final AttributeKey<String> OPERATION = AttributeKey.stringKey("messaging.operation.name");
  static final AttributeKey<String> OPERATION_TYPE =
      AttributeKey.stringKey("messaging.operation.type");
  static final AttributeKey<String> DESTINATION =
      AttributeKey.stringKey("messaging.destination.name");
  static final AttributeKey<String> TEMPLATE =
      AttributeKey.stringKey("messaging.destination.template");
  static final AttributeKey<Boolean> TEMPORARY =
      AttributeKey.booleanKey("messaging.destination.temporary");
  static final AttributeKey<String> GROUP = AttributeKey.stringKey("messaging.consumer.group.name");
  static final AttributeKey<Long> BODY_SIZE = AttributeKey.longKey("messaging.message.body.size");
  static final AttributeKey<String> MESSAGE_ID = AttributeKey.stringKey("messaging.message.id");
  static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

  static final AttributeKey<String> STREAM = AttributeKey.stringKey("messaging.nats.stream");
  static final AttributeKey<Long> SEQUENCE =
      AttributeKey.longKey("messaging.nats.message.sequence");
  static final AttributeKey<Long> DELIVERIES =
      AttributeKey.longKey("messaging.nats.message.deliveries");

  private Attribute() {}
}
