import jinja2
from openai import OpenAI

env = jinja2.Environment(loader=jinja2.FileSystemLoader("."), undefined=jinja2.StrictUndefined)
client = OpenAI()


class Session:
    """One chat with the warehouse. Lives as long as the browser tab."""

    def __init__(self, ddl: str):
        self.ddl = ddl
        self.log: list[dict] = []

    def _ask(self, prompt: str) -> str:
        self.log.append({"role": "user", "content": prompt})
        r = client.chat.completions.create(model="gpt-4-32k", temperature=0, max_tokens=900, messages=self.log)
        sql = r.choices[0].message.content
        self.log.append({"role": "assistant", "content": sql})
        return sql

    def query(self, question: str, run) -> list:
        sql = self._ask(env.get_template("generate.j2").render(ddl=self.ddl, question=question))
        for attempt in (1, 2, 3):
            try:
                return run(sql)
            except Exception as err:
                sql = self._ask(
                    env.get_template("repair.j2").render(
                        ddl=self.ddl, question=question, sql=sql, error=str(err), attempt=attempt
                    )
                )
        raise RuntimeError("gave up after three repairs")
