// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/pcgroups"
)

// groups does one thing with partitioned consumer groups, as its words say; see the cases below. What
// it is told of several is separated by commas, and by semicolons where there are commas already.
func groups(words []string) (code int) {
	defer func() {
		if failure := recover(); failure != nil {
			fmt.Fprintln(os.Stderr, "groups", words, "failed:", failure)
			code = 1
		}
	}()
	if words[0] == "vectors" {
		groupVectors()
		return 0
	}
	ctx, cancel := context.WithTimeout(context.Background(), caseDeadline)
	defer cancel()
	nc := must(nats.Connect(os.Getenv("NATS_URL")))
	defer nc.Close()
	js := must(jetstream.New(nc))
	what, stream, group, rest := words[0], words[1], words[2], append(words[3:], "", "", "", "")
	switch what {
	case "create-static": // PARTITIONS FILTERS MEMBERS MAPPINGS
		must(pcgroups.CreateStatic(ctx, js, stream, group, uint(number(rest[0])), list(rest[1]), list(rest[2]), mappings(rest[3])))
	case "create-elastic": // PARTITIONS FILTER:WILDCARDS;...
		must(pcgroups.CreateElastic(ctx, js, stream, group, uint(number(rest[0])), partitioningFilters(rest[1]), 0, 0))
	case "delete-static":
		check(pcgroups.DeleteStatic(ctx, js, stream, group))
	case "delete-elastic":
		check(pcgroups.DeleteElastic(ctx, js, stream, group))
	case "add": // MEMBERS
		must(pcgroups.AddMembers(ctx, js, stream, group, list(rest[0])))
	case "drop": // MEMBERS
		must(pcgroups.DeleteMembers(ctx, js, stream, group, list(rest[0])))
	case "map": // MEMBER:PARTITIONS;...
		check(pcgroups.SetMemberMappings(ctx, js, stream, group, mappings(rest[0])))
	case "unmap":
		check(pcgroups.DeleteMemberMappings(ctx, js, stream, group))
	case "step-down": // static|elastic MEMBER
		if rest[0] == "static" {
			check(pcgroups.StaticMemberStepDown(ctx, js, stream, group, rest[1]))
		} else {
			check(pcgroups.ElasticMemberStepDown(ctx, js, stream, group, rest[1]))
		}
	case "show": // static|elastic
		showGroup(ctx, js, stream, group, rest[0] == "static")
	case "consume": // static|elastic MEMBER ACK_WAIT_MILLIS
		consumeOfGroup(ctx, js, stream, group, rest[0] == "static", rest[1], number(rest[2]))
	default:
		panic("not a thing to do with groups")
	}
	return 0
}

func list(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

func number(text string) int { return must(strconv.Atoi(text)) }

func numbers(text string) []int {
	var all []int
	for _, each := range list(text) {
		all = append(all, number(each))
	}
	return all
}

func mappings(text string) []pcgroups.MemberMapping {
	var all []pcgroups.MemberMapping
	for each := range strings.SplitSeq(text, ";") {
		if member, partitions, given := strings.Cut(each, ":"); given {
			all = append(all, pcgroups.MemberMapping{Member: member, Partitions: numbers(partitions)})
		}
	}
	return all
}

func partitioningFilters(text string) []pcgroups.PartitioningFilter {
	var all []pcgroups.PartitioningFilter
	for each := range strings.SplitSeq(text, ";") {
		if filter, wildcards, given := strings.Cut(each, ":"); given {
			all = append(all, pcgroups.PartitioningFilter{Filter: filter, PartitioningWildcards: numbers(wildcards)})
		}
	}
	return all
}

// showGroup prints a group as this client reads it: its configuration, the names of the stream's
// groups, and the members that are active.
func showGroup(ctx context.Context, js jetstream.JetStream, stream, group string, static bool) {
	if static {
		fmt.Println(string(must(json.Marshal(must(pcgroups.GetStaticConsumerGroupConfig(ctx, js, stream, group))))))
		printSorted(must(pcgroups.ListStaticConsumerGroups(ctx, js, stream)))
		printSorted(must(pcgroups.ListStaticActiveMembers(ctx, js, stream, group)))
		return
	}
	fmt.Println(string(must(json.Marshal(must(pcgroups.GetElasticConsumerGroupConfig(ctx, js, stream, group))))))
	printSorted(must(pcgroups.ListElasticConsumerGroups(ctx, js, stream)))
	printSorted(must(pcgroups.ListElasticActiveMembers(ctx, js, stream, group)))
}

func printSorted(names []string) {
	slices.Sort(names)
	fmt.Println(names)
}

// consumeOfGroup prints and acknowledges what a member gets, one message at a time, until its input
// ends: the time, the subject and the payload, before the acknowledgement.
func consumeOfGroup(ctx context.Context, js jetstream.JetStream, stream, group string, static bool, member string, ackWaitMillis int) {
	config := jetstream.ConsumerConfig{AckPolicy: jetstream.AckExplicitPolicy, AckWait: time.Duration(ackWaitMillis) * time.Millisecond, MaxAckPending: 1}
	handle := func(m jetstream.Msg) {
		fmt.Printf("%d %s %s\n", time.Now().UnixNano(), m.Subject(), m.Data())
		check(m.Ack())
	}
	var consuming pcgroups.ConsumerGroupConsumeContext
	if static {
		consuming = must(pcgroups.StaticConsume(ctx, js, stream, group, member, handle, config))
	} else {
		consuming = must(pcgroups.ElasticConsume(ctx, js, stream, group, member, handle, config))
	}
	fmt.Println("@ready")
	told := make(chan bool)
	go func() {
		for input := bufio.NewScanner(os.Stdin); input.Scan(); {
		}
		close(told)
	}()
	select {
	case <-told:
		consuming.Stop()
		fmt.Println("@stopped", <-consuming.Done())
	case failure := <-consuming.Done():
		fmt.Println("@done", failure)
	}
}

// groupVectors prints which partitions the public client gives to whom, one case a line: the members,
// the number of partitions, the mappings, the filters, the member; then what its consumer filters on.
func groupVectors() {
	filters := []pcgroups.PartitioningFilter{{Filter: "foo.*.>", PartitioningWildcards: []int{1}}}
	for _, members := range []string{"", "a", "a,b", "b,a", "c,a,b,a", "b,b,b", "d,c,b,a,e", "z,\ue000,\U00010000,\u00e4"} {
		for _, partitions := range []int{1, 2, 3, 4, 6, 7, 8, 10} {
			for _, member := range append(distinct(list(members)), "nobody") {
				printVector(members, partitions, "", filters, member)
			}
		}
	}
	two := append(filters, pcgroups.PartitioningFilter{Filter: "bar.*"})
	for _, member := range []string{"a", "b", "c"} {
		printVector("a,b", 3, "", nil, member)
		printVector("a,b", 3, "", two, member)
		printVector("", 4, "b:0,3;a:2,1", filters, member)
		printVector("", 3, "a:2,0,1;b:", nil, member)
	}
}

func distinct(names []string) []string {
	sorted := slices.Clone(names)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}

func printVector(members string, partitions int, mapped string, filters []pcgroups.PartitioningFilter, member string) {
	config := pcgroups.ElasticConsumerGroupConfig{MaxMembers: uint(partitions), PartitioningFilters: filters, Members: list(members), MemberMappings: mappings(mapped)}
	var texts []string
	for _, each := range filters {
		texts = append(texts, each.Filter)
	}
	fmt.Printf("%s|%d|%s|%s|%s|%s\n", members, partitions, mapped, strings.Join(texts, ","), member,
		strings.Join(pcgroups.ElasticGetPartitionFilters(config, member), ","))
}
