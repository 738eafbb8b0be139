// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

/**
 * Where an object that is a link leads.
 *
 * @param bucket the bucket
 * @param name the object in it; empty for the whole bucket
 */
public record ObjectLink(String bucket, String name) {}
