import API
import Testing
import Yams

@Suite("The contract as a page")
struct ReferencePageTests {
    @Test("The document that is built in makes a page")
    func shipped() throws { _ = try ContractAssets.page() }

    @Test("A document that cannot be read is told with its line", arguments: ["a: 1\n  b: 2\nc", "a: {b: 1", "a: *none", "a: \"x"])
    func faults(text: String) { #expect(throws: YamlError.self) { try ReferencePage(text) } }

    @Test("An example is shown as the JSON that is sent")
    func example() throws {
        let yaml = """
            paths:
              /x:
                post:
                  operationId: x
                  requestBody:
                    content:
                      application/json:
                        example:
                          dial: "610"
                          single: '610'
                          number: 610
                          less: -1.5e3
                          plus: +49
                          zeros: 007
                          "true": true
                          text: "true"
                          nothing: null
                          off: off
                          mark: "a \\"b\\" \\\\ c\\n"
                          list: [1, "1", { a: "2" }]
                          empty: {}
            """
        let shown = try ReferencePage(yaml).html.replacing("&quot;", with: "\"")
        let json = """
            {
              "dial": "610",
              "single": "610",
              "number": 610,
              "less": -1.5e3,
              "plus": "+49",
              "zeros": "007",
              "true": true,
              "text": "true",
              "nothing": null,
              "off": "off",
              "mark": "a \\"b\\" \\\\ c\\n",
              "list": [1, "1", {
                "a": "2"
              }],
              "empty": {}
            }
            """
        #expect(shown.contains("<pre>\(json)</pre>"))
    }

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
