// SPDX-License-Identifier: Apache-2.0
/**
 * The server: connections, routing, accounts, and the way to have all of it in one's own process.
 *
 * <p>Entry type: {@link dev.slipstream.server.SlipstreamServer}. A message's way, which is the
 * reading order: {@code NettyLink} (a socket) or {@code InProcessLink}, {@code ClientConnection}
 * with {@code ConnectionInput}, {@code ClientPublishes}, {@code Router} with {@code
 * SubscriptionTable} and {@code MatchResult}, {@code LoopMail} to other loops, {@code
 * ConnectionOutput}.
 *
 * <p>A connection, with all it holds, belongs to one loop; {@code ServerLoop} is what they share
 * there. Every loop has a table of all subscriptions of an account, kept alike by {@code
 * SubscriptionChanges}. Netty is known in the files named after it, and nowhere else.
 *
 * <p>What accounts share is {@code Sharing}, connected by {@code SharingBuilder}: {@code
 * StreamImport}, by which subscriptions get companions in other accounts, {@code ServiceImport} and
 * {@code ServiceReplies}, which carry requests and responses across, and {@code SubjectMappings}.
 */
@NullMarked
package dev.slipstream.server;

import org.jspecify.annotations.NullMarked;
