// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import dev.slipstream.examples.Quickstart;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code slipstream quickstart}: both walks of pull consumers, each on a server of its own. */
@Command(
    name = "quickstart",
    description = {
      "See pull consumers at work.",
      "Runs two walks, each against a fresh server in this process with a store on disk: consume,"
          + " fetch, fetch without waiting and a durable consumer; then an iterator over the"
          + " messages of a durable consumer. The walks print their story to standard output, what"
          + " happens goes to standard error. Ends with 0 only if the story was the right one."
    })
final class QuickstartCommand implements Callable<Integer> {
  private final Invocation invocation;

  @Mixin private final HelpOption help = new HelpOption();

  QuickstartCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws InterruptedException {
    return Quickstart.run(invocation.out(), invocation.err()) ? 0 : 1;
  }
}
