"""A forward pass that runs and from which nothing can be learned: what is wrong with its output and its layers."""

from __future__ import annotations

from torch import Tensor, nn

from mnist_lab.language import say
from mnist_lab.models.forward_trace import SAMPLES, Trace, hidden_modules
from mnist_lab.models.layer_texts import layer_text, written
from mnist_lab.models.shape_errors import batch_lost, module_in_place_of_values
from mnist_lab.models.shape_formulas import sides

# Of torch.nn.Module's methods, those that are called by PyTorch, Lightning or these commands.
_CALLED = frozenset(
    [
        "apply",
        "buffers",
        "children",
        "cpu",
        "cuda",
        "eval",
        "forward",
        "load_state_dict",
        "modules",
        "named_buffers",
        "named_children",
        "named_modules",
        "named_parameters",
        "parameters",
        "register_buffer",
        "requires_grad_",
        "state_dict",
        "to",
        "train",
        "zero_grad",
    ]
)


def hidden_method(network: nn.Module) -> str | None:
    """Return the line for an attribute that stands where PyTorch looks for a method of its own: ``self.train = 1``."""
    for module in network.modules():
        for name, value in vars(module).items():
            if name in _CALLED and not callable(value):
                return say(
                    "self.{name} of {kind} hides PyTorch's method {name}(), which training calls; give the attribute "
                    "another name.",
                    "{kind} の self.{name} が、学習で呼び出される PyTorch のメソッド {name}() を隠しています。"
                    "別の名前にしてください。",
                    name=name,
                    kind=type(module).__name__,
                )
    return None


def hidden_parameters(trace: Trace) -> str | None:
    """Return the line for layers that are called, but whose parameters the optimizer is not given."""
    known = {id(module) for module in trace.network.modules()}
    hidden = hidden_modules(trace.network)
    for step in trace.steps:
        module = step.module
        if module is None or id(module) in known or not any(one.requires_grad for one in module.parameters()):
            continue
        if id(module) in hidden:
            return say(
                "{layer}, {text}, lies in a plain Python list or dictionary, where PyTorch does not see it: it would "
                "not learn, nor be saved; put the layers into nn.ModuleList([…]) or nn.Sequential(…).",
                "{layer}（{text}）は Python の普通のリストか辞書に入っているため、PyTorch から見えず、学習も保存も"
                "されません。nn.ModuleList([…]) か nn.Sequential(…) に入れてください。",
                layer=hidden[id(module)],
                text=layer_text(module),
            )
        return say(
            "{text} is made anew in each call of forward, with new weights: it learns nothing; make it in __init__ as "
            "self.… = nn.{kind}(…).",
            "{text} は forward を呼ぶたびに新しい重みで作られるため、何も学習しません。__init__ で "
            "self.… = nn.{kind}(…) として作ってください。",
            text=layer_text(module),
            kind=type(module).__name__,
        )
    return None


def nothing_to_learn(trace: Trace) -> str | None:
    """Return the line for a network without parameters, or one whose output no parameter has a gradient from."""
    network = type(trace.network).__name__
    parameters = list(trace.network.parameters())
    if not parameters:
        return say(
            "{network} has no parameter, so nothing can be learned; make its layers in __init__ as "
            "self.fc1 = nn.Linear(…).",
            "{network} にはパラメータがないため、何も学習できません。__init__ で self.fc1 = nn.Linear(…) のように層を"
            "作ってください。",
            network=network,
        )
    if not any(parameter.requires_grad for parameter in parameters):
        return say(
            "Every parameter of {network} is frozen (requires_grad=False), so nothing can be learned.",
            "{network} のパラメータはすべて固定（requires_grad=False）されているため、何も学習できません。",
            network=network,
        )
    if not trace.output.requires_grad:
        return say(
            "No gradient comes back from the output to any layer of {network}, so nothing can be learned; leave out "
            ".detach(), .data, .numpy() and torch.no_grad() in forward.",
            "出力から {network} のどの層にも勾配が伝わらないため、何も学習できません。forward の .detach()、.data、"
            ".numpy()、torch.no_grad() を取り除いてください。",
            network=network,
        )
    return None


def output_mistake(trace: Trace, num_classes: int) -> str | None:
    """Return the line for an output that is not ``(N, num_classes)``; None where it is."""
    output = trace.output
    if not isinstance(output, Tensor):
        return _no_tensor(trace, num_classes)
    if line := batch_lost(trace, trace.maker_of_output):
        return line
    if not output.is_floating_point():
        return say(
            "forward of {kind} returns whole numbers, as argmax does; return the {classes} numbers before them.",
            "{kind} の forward が（argmax などによる）整数を返しています。その前の {classes} 個の数を返してください。",
            kind=type(trace.network).__name__,
            classes=num_classes,
        )
    if output.ndim != 2 or output.shape[0] != SAMPLES:
        return _wrong_sides(output, num_classes)
    return None if output.shape[1] == num_classes else _wrong_count(trace, output.shape[1], num_classes)


def _no_tensor(trace: Trace, num_classes: int) -> str:
    output, kind = trace.output, type(trace.network).__name__
    if output is None:
        return say(
            "forward of {kind} returns nothing; end it with return x.",
            "{kind} の forward が何も返していません。最後に return x と書いてください。",
            kind=kind,
        )
    if isinstance(output, nn.Module):
        return module_in_place_of_values(output)
    return say(
        "forward of {kind} returns a {what}; it must return one tensor, {classes} numbers for each sample{remedy}.",
        "{kind} の forward が {what} を返しています。サンプルごとに {classes} 個の数からなるテンソルを 1 つ返して"
        "ください{remedy}。",
        kind=kind,
        remedy=_values_of_recurrent(trace),
        what=f"{type(output).__name__} ({len(output)})" if isinstance(output, tuple) else type(output).__name__,
        classes=num_classes,
    )


def _values_of_recurrent(trace: Trace) -> str:
    """Return how the values are taken out of what a recurrent layer returns, where that is what ``forward`` returns."""
    last = trace.steps[-1] if trace.steps else None
    if last is None or not isinstance(last.module, nn.RNNBase) or not isinstance(trace.output, tuple):
        return ""
    return say(
        " ({layer} returns its values and its state: write values, _ = {layer}(…), then values[:, -1])",
        "（{layer} は値と状態の 2 つを返します。values, _ = {layer}(…) と受け取り、values[:, -1] を使います）",
        layer=last.name if last.name.startswith("self.") else f"self.{last.name}",
    )


def _wrong_count(trace: Trace, count: int, num_classes: int) -> str:
    last = next((step for step in trace.makers(trace.maker_of_output) if isinstance(step.module, nn.Linear)), None)
    if last is None or not isinstance(last.module, nn.Linear) or last.module.out_features != count:
        return say(
            "The network gives {count} values, the data have {classes} classes: it must give one number for each.",
            "ネットワークの出力は {count} 個ですが、データは {classes} クラスです。クラスごとに 1 個の数を出力してくだ"
            "さい。",
            count=count,
            classes=num_classes,
        )
    return say(
        "The last layer, {layer}, gives {count} values, the data have {classes} classes; write {layer_written}.",
        "最後の層 {layer} の出力は {count} 個ですが、データは {classes} クラスです。{layer_written} と書いてください。",
        layer=last.name,
        count=count,
        classes=num_classes,
        layer_written=written(last.module, last.module.in_features, num_classes),
    )


def _wrong_sides(output: Tensor, num_classes: int) -> str:
    return say(
        "The network gives {output} for {samples} samples, it must give {samples}×{classes}, one number for each "
        "class; {remedy}.",
        "{samples} サンプルに対する出力の形が {output} です。クラスごとに 1 個の数、{samples}×{classes} が必要です。"
        "{remedy}。",
        output=sides(output.shape) or "1",
        samples=SAMPLES,
        classes=num_classes,
        remedy=say(
            "write torch.flatten(x, 1) before the first Linear",
            "最初の Linear の前に torch.flatten(x, 1) を書いてください",
        )
        if output.ndim > 2
        else say("look at what forward does with the first side", "forward での最初の次元の扱いを確かめてください"),
    )
