// An OpenAI-compatible chat server over one local GGUF model: node serve.mjs MODEL.gguf PORT [CONTEXT]
// One request at a time. It takes json_schema and json_object; a reply that reaches its limit ends with finish_reason "length".
import http from "node:http";
import {getLlama, LlamaChatSession} from "node-llama-cpp";

const [, , modelPath, port, contextSize = "8192"] = process.argv;
const llama = await getLlama({gpu: false, build: "never", logLevel: "error"});
const model = await llama.loadModel({modelPath});
const context = await model.createContext({contextSize: Number(contextSize)});
const sequence = context.getSequence();
let turn = Promise.resolve();

function failed(status, message) {
    return {status, body: {error: {message}}};
}

async function answered(request) {
    const {messages, response_format: form} = request;
    const system = messages.filter((m) => m.role === "system").map((m) => m.content).join("\n");
    const user = messages.filter((m) => m.role !== "system").map((m) => m.content).join("\n");
    const asked = model.tokenize(`${system}\n${user}`).length;
    const room = Number(request.max_completion_tokens ?? request.max_tokens ?? 1024);
    if (asked + 256 > Number(contextSize)) return failed(400, `this model's maximum context length is ${contextSize} tokens, the request has ${asked}`);
    let grammar;
    try {
        if (form?.type === "json_schema") grammar = await llama.createGrammarForJsonSchema(form.json_schema.schema);
        else if (form?.type === "json_object") grammar = await llama.getGrammarFor("json");
    } catch (error) {
        return failed(400, `response_format: ${error.message}`);
    }
    await sequence.clearHistory();
    const session = new LlamaChatSession({contextSequence: sequence, systemPrompt: system, autoDisposeSequence: false});
    const most = Math.min(room, Number(contextSize) - asked - 64);
    const {responseText, stopReason} = await session.promptWithMeta(user, {grammar, maxTokens: most, temperature: 0});
    session.dispose();
    return {status: 200, body: {
        id: "chatcmpl-local", object: "chat.completion", created: 1, model: request.model,
        choices: [{index: 0, finish_reason: stopReason === "maxTokens" ? "length" : "stop", message: {role: "assistant", content: responseText}}],
        usage: {prompt_tokens: asked, completion_tokens: model.tokenize(responseText).length, total_tokens: asked + model.tokenize(responseText).length},
    }};
}

http.createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
        turn = turn.then(async () => {
            let made;
            try {
                made = await answered(JSON.parse(Buffer.concat(parts).toString("utf8")));
            } catch (error) {
                made = failed(500, String(error.message ?? error));
            }
            response.writeHead(made.status, {"content-type": "application/json"});
            response.end(JSON.stringify(made.body));
        });
    });
}).listen(Number(port), "127.0.0.1", () => console.log("listening"));
