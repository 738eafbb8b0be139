// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import dev.slipstream.client.Closed;

/** Why a membership has come to its end. Values, safe to share. */
public sealed interface MembershipEnd {

  /** It was closed. */
  record Stopped() implements MembershipEnd {}

  /** The group was deleted. */
  record GroupDeleted() implements MembershipEnd {}

  /**
   * Something of the group was changed that must not be: anything of a static one, and of an
   * elastic one all but its members and mappings.
   *
   * @param before what it was when the member joined
   * @param now what it is now
   */
  record GroupChanged(GroupConfig before, GroupConfig now) implements MembershipEnd {}

  /**
   * The group's configuration was replaced by one that cannot be used.
   *
   * @param why what is wrong with it
   */
  record GroupInvalid(InvalidGroupException why) implements MembershipEnd {}

  /**
   * The consumption was ended by somebody else: the client was closed, the stream deleted, a
   * handler failed where that is to end it, or who took it over has stopped it.
   *
   * @param why which of these
   */
  record ConsumptionEnded(Closed why) implements MembershipEnd {}

  /** The member cannot have its consumer, however often it tries, or its own code threw. */
  record Failed(Throwable cause) implements MembershipEnd {}
}
