"""Four small tables of real measurements, bundled with scikit-learn."""

from typing import Any, ClassVar

from layerlab.datasets.base import DatasetKind, LoadedData, Task
from layerlab.datasets.bundled import read_bundled
from layerlab.registry import Params


class TableParams(Params):
    """No fields: the table is what it is."""


class Table(DatasetKind):
    """Rows of numbers with a class at their end."""

    group = "Tables"
    task: ClassVar[Task] = "classification"
    input_kind = "tabular"
    Params = TableParams
    file: ClassVar[str]
    columns: ClassVar[tuple[str, ...]]
    class_names: ClassVar[tuple[str, ...]] = ()

    def load(self, params: TableParams, *, seed: int) -> LoadedData:
        """All rows in the order of the file, in their own units; the seed has no part in it."""
        table = read_bundled(self.file, skip=1)
        return LoadedData(
            inputs=table[:, :-1].contiguous(),
            targets=table[:, -1].long(),
            task="classification",
            input_kind="tabular",
            class_names=self.class_names,
            feature_names=self.columns,
        )


class Iris(Table):
    """150 flowers, four measurements each. One kind stands apart; the other two touch."""

    kind = "iris"
    title = "Iris"
    help = "150 flowers of three kinds, told apart by the length and width of their leaves."
    source = "R. Fisher, The use of multiple measurements in taxonomic problems (1936); as bundled with scikit-learn"
    licence = "CC BY 4.0 (UCI Machine Learning Repository)"
    example: ClassVar[dict[str, Any]] = {"dataset": "iris"}
    details: ClassVar[dict[str, Any]] = {"classes": 3, "samples": 150, "shape": [4]}
    file = "iris.csv"
    columns = ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")
    class_names = ("setosa", "versicolor", "virginica")


class Wine(Table):
    """178 wines, 13 chemical measurements whose units differ a thousandfold: it hardly learns unless standardised."""

    kind = "wine"
    title = "Wine"
    help = "178 Italian wines from three growers, by chemistry. Its columns differ a thousandfold: standardise them."
    source = "UCI wine recognition data (Forina et al. 1988, Aeberhard 1992), as bundled with scikit-learn"
    licence = "CC BY 4.0 (UCI Machine Learning Repository)"
    example: ClassVar[dict[str, Any]] = {"dataset": "wine"}
    details: ClassVar[dict[str, Any]] = {"classes": 3, "samples": 178, "shape": [13]}
    file = "wine_data.csv"
    columns = (
        "alcohol", "malic acid", "ash", "alcalinity of ash", "magnesium", "total phenols", "flavanoids",
        "nonflavanoid phenols", "proanthocyanins", "colour intensity", "hue", "OD280/OD315", "proline",
    )  # fmt: skip
    class_names = ("grower 1", "grower 2", "grower 3")


_CELL = (
    "radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave points", "symmetry",
    "fractal dimension",
)  # fmt: skip


class BreastCancer(Table):
    """569 tumours, 30 measurements of cell nuclei in each: mean, standard error and worst of ten of them."""

    kind = "breast_cancer"
    title = "Breast cancer"
    help = "Is the tumour malignant or benign? 30 measurements of cell nuclei: logistic regression gets 97 % right."
    source = (
        "W. Street, W. Wolberg, O. Mangasarian, Nuclear feature extraction for breast tumor diagnosis (1993); "
        "as bundled with scikit-learn"
    )
    licence = "CC BY 4.0 (UCI Machine Learning Repository)"
    example: ClassVar[dict[str, Any]] = {"dataset": "breast_cancer"}
    details: ClassVar[dict[str, Any]] = {"classes": 2, "samples": 569, "shape": [30]}
    file = "breast_cancer.csv"
    columns = (
        *(f"mean {name}" for name in _CELL),
        *(f"{name} error" for name in _CELL),
        *(f"worst {name}" for name in _CELL),
    )
    class_names = ("malignant", "benign")


class Diabetes(Table):
    """442 patients. The target is the progress of the disease a year later (25 to 346; the mean of all is 152).

    It is standardised by the training part, so an answer of 0 for everyone has an MSE of 1 there.
    """

    kind = "diabetes"
    title = "Diabetes"
    help = "How far will the disease be in a year? Ten measurements of 442 patients; even the best answers are rough."
    formula = r"y = (\text{progress} - \mu_{\text{train}}) / \sigma_{\text{train}}"
    source = (
        "B. Efron, T. Hastie, I. Johnstone, R. Tibshirani, Least angle regression, Annals of Statistics 32 (2004); "
        "as bundled with scikit-learn"
    )
    licence = "None stated; bundled with scikit-learn (BSD 3-Clause)"
    task = "regression"
    example: ClassVar[dict[str, Any]] = {"dataset": "diabetes"}
    details: ClassVar[dict[str, Any]] = {"samples": 442, "shape": [10]}
    file = "diabetes_data_raw.csv.gz"
    columns = (
        "age", "sex", "body mass index", "blood pressure", "cholesterol", "LDL", "HDL", "cholesterol / HDL",
        "log triglycerides", "blood sugar",
    )  # fmt: skip

    def load(self, params: TableParams, *, seed: int) -> LoadedData:
        """All rows in the order of the file, in their own units, the target [442, 1] too; it is standardised later."""
        progress_n = read_bundled("diabetes_target.csv.gz", delimiter=None)
        return LoadedData(
            inputs=read_bundled(self.file, delimiter=None),
            targets=progress_n[:, None],
            task="regression",
            input_kind="tabular",
            feature_names=self.columns,
            scales_targets=True,
        )
