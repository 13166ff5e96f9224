import API
import Testing

@Suite("The contract as a page")
struct ReferencePageTests {
    @Test("The YAML that we write is read")
    func yaml() throws {
        let node = try YAMLReader.document(
            """
            # a comment
            a: 1   # behind
            "b c": { d: [e, "f, g"], "h": 'i''j', k: {} }
            list:
              - name: x
                deep:
                  - y
              - { z: "#no comment" }
              - plain: text
            same:
            - one
            - two
            text: |
              first: line
                # kept

              last
            anchored: &fields
              m: n
            alias: *fields
            long: goes
              on
            colon: a:b http://x
            empty:
            flow: { a: 1,
              b: 2 }
            """)
        #expect(node["a"] == .scalar("1"))
        #expect(node["b c"]?["d"] == .list([.scalar("e"), .scalar("f, g")]) && node["b c"]?["h"] == .scalar("i'j") && node["b c"]?["k"] == .map([]))
        #expect(node["list"]?.elements.count == 3 && node["list"]?.elements[0]["deep"] == .list([.scalar("y")]))
        #expect(node["list"]?.elements[1]["z"] == .scalar("#no comment") && node["list"]?.elements[2]["plain"] == .scalar("text"))
        #expect(node["same"] == .list([.scalar("one"), .scalar("two")]))
        #expect(node["text"] == .scalar("first: line\n  # kept\n\nlast"))
        #expect(node["anchored"]?["m"] == .scalar("n") && node["alias"] == node["anchored"])
        #expect(node["long"] == .scalar("goes on") && node["colon"] == .scalar("a:b http://x") && node["empty"] == .scalar(""))
        #expect(node["flow"]?["b"] == .scalar("2"))
    }

    @Test("What is not of that kind is told with its line", arguments: ["a: 1\n  b: 2\nc", "a: {b: 1", "a: *none", "a: \"x"])
    func faults(text: String) { #expect(throws: YAMLFault.self) { try YAMLReader.document(text) } }

    @Test("No text of the document becomes markup")
    func escaping() throws {
        let page = try ReferencePage("info:\n  title: <b>\n  description: \"a <i> `c<d` & \\\"e\\\"\"\npaths: {}\n").html
        #expect(page.contains("&lt;b&gt; REST") && page.contains("a &lt;i&gt; <code>c&lt;d</code> &amp; &quot;e&quot;"))
    }

    @Test("A reference that bites its tail does not hold the page up")
    func loop() throws {
        let yaml = """
            paths:
              /x:
                get:
                  operationId: x
                  responses: { "200": { $ref: "#/components/responses/A" } }
            components:
              responses:
                A: { $ref: "#/components/responses/A" }
            """
        #expect(try ReferencePage(yaml).html.contains("id=\"x\""))
    }
}
