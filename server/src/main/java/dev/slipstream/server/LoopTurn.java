// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;

/** A turn of a loop in a recording of Java Flight Recorder; told when it took a millisecond. */
@Name("dev.slipstream.LoopTurn")
@Label("Loop Turn")
@Category("Slipstream")
@Description(
    "A pass of a network loop over its ready sockets and its tasks; all else on the loop waits for"
        + " its end")
@StackTrace(false)
@Threshold("1 ms")
final class LoopTurn extends Event {
  @Label("Processor Time")
  @Description("How long the loop's thread had a processor, the wait for the turn included")
  @Timespan(Timespan.NANOSECONDS)
  long cpuNanos;
}
