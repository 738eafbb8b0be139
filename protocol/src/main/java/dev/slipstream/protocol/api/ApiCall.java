// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

/**
 * What the subject of an API request says. Names are as sent; whether they are legal is for the
 * receiver to decide.
 *
 * @param endpoint what is asked for
 * @param stream the stream; empty if the endpoint concerns none
 * @param consumer the consumer; empty if the endpoint concerns none or the subject leaves it out
 * @param rest what follows: the filter of {@code CONSUMER.CREATE}, the subject of {@code
 *     DIRECT.GET}; else empty
 */
public record ApiCall(ApiEndpoint endpoint, String stream, String consumer, String rest) {}
