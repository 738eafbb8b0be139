// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

/**
 * The server's word that it has stored a message.
 *
 * @param stream the stream that stored it
 * @param domain the stream's domain; empty for none
 * @param sequence the message's sequence; of a duplicate that of the first one
 * @param duplicate whether a message with the same id was there already
 * @param batchId the batch that the message has committed; empty for none
 * @param batchCount the number of messages that this batch has stored; 0 for none
 */
public record PublishAck(
    String stream,
    String domain,
    long sequence,
    boolean duplicate,
    String batchId,
    long batchCount) {}
