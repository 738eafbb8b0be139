// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.service;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * What an endpoint has done since its service was started or its counts were reset. Source: ADR-32.
 *
 * @param name its name
 * @param subject its whole subject
 * @param queueGroup whose members share its requests; empty for none
 * @param numRequests requests that were handled
 * @param numErrors requests that were refused or failed, each once
 * @param lastError the last of these; empty for none
 * @param processingTime how long the handler took, all together
 * @param averageProcessingTime how long it took for a request
 * @param data figures of its own, as JSON; empty for none
 */
public record EndpointStats(
    String name,
    String subject,
    String queueGroup,
    long numRequests,
    long numErrors,
    String lastError,
    Duration processingTime,
    Duration averageProcessingTime,
    String data) {

  static EndpointStats zero(String name, String subject, String queueGroup) {
    return new EndpointStats(name, subject, queueGroup, 0, 0, "", Duration.ZERO, Duration.ZERO, "");
  }

  EndpointStats reset() {
    return zero(name, subject, queueGroup);
  }

  /** One more request, which took so long. */
  EndpointStats handled(long nanos) {
    long requests = numRequests + 1;
    Duration total = processingTime.plusNanos(nanos);
    return new EndpointStats(
        name,
        subject,
        queueGroup,
        requests,
        numErrors,
        lastError,
        total,
        total.dividedBy(requests),
        data);
  }

  /** One more error. */
  EndpointStats failed(String error) {
    return new EndpointStats(
        name,
        subject,
        queueGroup,
        numRequests,
        numErrors + 1,
        error,
        processingTime,
        averageProcessingTime,
        data);
  }

  EndpointStats data(String json) {
    return new EndpointStats(
        name,
        subject,
        queueGroup,
        numRequests,
        numErrors,
        lastError,
        processingTime,
        averageProcessingTime,
        json);
  }

  void write(JsonWriter out) {
    out.object()
        .field("name", name)
        .field("subject", subject)
        .field("queue_group", queueGroup)
        .field("num_requests", numRequests)
        .field("num_errors", numErrors)
        .field("last_error", lastError)
        .field("processing_time", processingTime.toNanos())
        .field("average_processing_time", averageProcessingTime.toNanos());
    if (!data.isEmpty()) {
      out.name("data").rawValue(data.getBytes(StandardCharsets.UTF_8));
    }
    out.end();
  }

  static EndpointStats read(JsonReader in) {
    Fields fields = new Fields();
    in.object(fields);
    return new EndpointStats(
        fields.name,
        fields.subject,
        fields.queueGroup,
        fields.numRequests,
        fields.numErrors,
        fields.lastError,
        Duration.ofNanos(fields.processingNanos),
        Duration.ofNanos(fields.averageNanos),
        fields.data);
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private String name = "";
    private String subject = "";
    private String queueGroup = "";
    private long numRequests;
    private long numErrors;
    private String lastError = "";
    private long processingNanos;
    private long averageNanos;
    private String data = "";

    @Override
    public boolean onField(String field, JsonReader in) {
      switch (field) {
        case "name" -> name = in.string();
        case "subject" -> subject = in.string();
        case "queue_group" -> queueGroup = in.string();
        case "num_requests" -> numRequests = in.longValue();
        case "num_errors" -> numErrors = in.longValue();
        case "last_error" -> lastError = in.string();
        case "processing_time" -> processingNanos = in.nanos();
        case "average_processing_time" -> averageNanos = in.nanos();
        case "data" -> data = in.raw();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
