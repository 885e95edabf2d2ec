"""The English word tables that the features of a prompt count; lemmas, as `words.lemma` gives them."""

from __future__ import annotations

from promptlint.words import table

TASKS = {
    "classification": table(
        "classify classification classifier categorize categorise category class label tag sentiment "
        "intent route router triage moderate moderation flag detect spam toxic priority rate rating score "
        "grade rank judge verdict topic bucket queue department positive negative neutral boolean true "
        "false yes urgency"
    ),
    "extraction": table(
        "extract extraction extractor parse parser entity field pull identify key value mention span form "
        "record invoice receipt address phone null missing normalize normalise iso verbatim copy fill "
        "relation triple keyword metadata attribute date amount currency"
    ),
    "question answering": table(
        "answer question context passage document knowledge retrieve retrieval cite citation source help "
        "customer support assistant user ask faq know helpful helpdesk reply polite inform chat"
    ),
    "summarization": table(
        "summarize summarise summary summarization tldr condense shorten minute digest recap highlight "
        "abstract overview gist point takeaway brief meeting transcript bullet handover headline title"
    ),
    "generation": table(
        "write writer draft compose generate create rewrite rephrase translate translation paraphrase "
        "story poem email letter post blog article slogan tweet creative tone style persona character "
        "roleplay description copywriter marketing advertisement voice caption audience newsletter scene "
        "dialogue fictional product edit polish"
    ),
    "reasoning": table(
        "analyze analyse analysis reason think compare evaluate evaluation assess assessment determine "
        "decide infer conclude conclusion plan solve calculate diagnose diagnosis why cause argue "
        "argument critique critic risk logic prove proof deduce estimate recommend recommendation "
        "strategy tradeoff weigh hypothesis scenario option problem puzzle deduction root impact decision"
    ),
    "code": table(
        "code coder coding function python javascript typescript java sql query script program "
        "programming programmer bug test unit refactor regex api implement implementation commit diff "
        "patch compile syntax repository developer debug database schema html css react bash shell "
        "terraform yaml docker docstring engineer software library stack migration"
    ),
    "agent": table(
        "tool agent action call delegate browse browser search command execute task file workspace skill "
        "invoke observation thought run terminal handoff subagent iterate session step workflow "
        "autonomous orchestrator supervisor directory environment"
    ),
}
"""Words that requests of a task are made of."""

HARDER = {
    "maths": table(
        "calculate compute calculation equation probability proof theorem sum percent percentage formula "
        "arithmetic math mathematics algebra geometry integral matrix statistic ratio rate average total"
    ),
    "profession": table(
        "legal contract clause law liability medical clinical patient diagnosis symptom financial finance "
        "tax regulation regulatory compliance statute scientific science research security vulnerability "
        "architecture accounting audit insurance policy engineering cryptography economics investment "
        "pharmacology radiology litigation jurisdiction gdpr forensic oncology actuarial kubernetes "
        "distributed concurrency"
    ),
    "expert": table("expert senior specialist experienced professional principal veteran authority advanced"),
    "weighing": table(
        "conflict conflicting tradeoff balance prioritize consistent consistency contradict contradiction "
        "weigh resolve ambiguity ambiguous exception unless although outweigh constraint dependency "
        "depend assumption uncertain uncertainty nuance subtle implicit edge invariant"
    ),
    "several": table(
        "both each across compare comparison version multiple several between combine cross merge "
        "reconcile relationship overlap correlate together respective pair"
    ),
    "grounds": table(
        "explain justify justification rationale why evidence cite because ground support prove"
    ),
    "long": table(
        "report essay article plan document design proposal detailed detail comprehensive thorough "
        "section chapter depth complete roadmap specification full curriculum"
    ),
    "short": table("word single only label yes no short brief concise just one none nothing number letter"),
    "checking": table(
        "verify check validate review correct correctness confirm ensure test double mistake error"
    ),
    "planning": table(
        "plan step first then next finally phase stage sequence order milestone iterate before after until"
    ),
    "open": table(
        "creative brainstorm imagine idea suggest invent original novel engaging vivid unique humor"
    ),
}
"""Words that go with more, or less, than a step of understanding."""

LONG_SLOTS = table(
    "document documents context transcript article text code diff contract passages passage file "
    "files report paper conversation history content chunk chunks page pages data source email emails "
    "log logs policy book story essay resume cv notes thread body input messages html results"
)
ASK_SLOTS = table("question query message request prompt ask user input instruction task goal objective")
CODE_SLOTS = table(
    "code diff schema sql function snippet repo patch file files language table tables ddl api"
)
TOOL_SLOTS = table("tools tool scratchpad actions agent observation plan state memory steps functions team")
"""Words in the names of slots."""
