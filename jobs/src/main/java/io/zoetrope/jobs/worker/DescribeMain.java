package io.zoetrope.jobs.worker;

import io.zoetrope.record.Json;
import io.zoetrope.record.RecordReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** The process of {@link Descriptions}: looks into models, and loads none. */
public final class DescribeMain {
  private DescribeMain() {}

  /** Answers each line of its standard input by one, and ends when that does. */
  public static void main(String[] args) throws IOException {
    Link link = new Link(Stdout.take());
    Describer describer = new Describer();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Described.Asked asked = RecordReader.read("ask", line, Described.Asked.class);
      link.line(Json.MAPPER.writeValueAsString(describer.answer(asked)));
    }
    Runtime.getRuntime().halt(0);
  }
}
