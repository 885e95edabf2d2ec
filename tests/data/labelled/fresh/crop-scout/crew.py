import json
from datetime import date
from pathlib import Path

from crewai import Agent, Crew, Process, Task
from crewai.project import CrewBase, agent, crew, task


@CrewBase
class CropScout:
    agents_config = "config/agents.yaml"
    tasks_config = "config/tasks.yaml"

    @agent
    def scout(self) -> Agent:
        return Agent(config=self.agents_config["scout"], max_iter=4)

    @agent
    def adviser(self) -> Agent:
        return Agent(config=self.agents_config["adviser"], max_iter=4)

    @agent
    def writer(self) -> Agent:
        return Agent(config=self.agents_config["writer"], max_iter=2)

    @task
    def scouting(self) -> Task:
        return Task(config=self.tasks_config["scouting"])

    @task
    def decision(self) -> Task:
        return Task(config=self.tasks_config["decision"])

    @task
    def newsletter(self) -> Task:
        return Task(config=self.tasks_config["newsletter"])

    @crew
    def crew(self) -> Crew:
        return Crew(agents=self.agents, tasks=self.tasks, process=Process.sequential)


def run(farm: str, notes: str, products: str) -> None:
    result = CropScout().crew().kickoff(
        inputs={"farm": farm, "week": date.today().isocalendar().week, "notes": notes, "products": products}
    )
    decisions = json.loads(result.tasks_output[1].raw)
    Path("out/decisions.json").write_text(json.dumps(decisions, indent=1))
    Path("out/newsletter.txt").write_text(result.raw)
